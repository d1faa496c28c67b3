"""Reading directories and address books of other servers: LDAP and CardDAV."""
