"""MASH Desktop without its face: everything a hub does, and nothing that needs Qt."""
