"""Small widgets and delegates that panels and windows share."""
