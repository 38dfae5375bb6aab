"""A usual application with Django and REST framework, without our guarantees."""
