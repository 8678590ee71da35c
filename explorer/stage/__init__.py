"""The browser side: plain ES modules and style sheets, served from here."""
