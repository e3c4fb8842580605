"""Live events to browsers: heard from the database, numbered, told over WebSockets."""
