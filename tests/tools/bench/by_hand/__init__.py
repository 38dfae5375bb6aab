"""A service by hand with the same guarantees: FastAPI, asyncpg and pydantic on our tables."""
