"""The shell around the screens: main window, lock and sign-in, palette, key help, second display."""
