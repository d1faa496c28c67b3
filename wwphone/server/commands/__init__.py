"""What `wwphone-server` does, one module for each command; `command_line` reads the words, `app` joins the two."""
