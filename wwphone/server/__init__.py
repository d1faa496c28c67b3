"""The CTI server: owns users, rights, presence and devices, speaks CTI to clients, and drives the PBX."""
