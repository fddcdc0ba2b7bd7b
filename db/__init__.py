"""What is stored and how: models, the engine and its one `commit`, migrations. Imports nothing of ours."""
