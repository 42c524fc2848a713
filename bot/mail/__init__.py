"""Letters by SMTP: the server's address, the message, the templates, and sending (P8). Only this folder knows the library."""
