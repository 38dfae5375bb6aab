"""The tutorial's way with Django and REST framework, as one would begin: no guarantees yet."""
