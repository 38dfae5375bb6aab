"""The same promises by hand: FastAPI, asyncpg and pydantic on our very tables."""
