"""Reading one physical line: what wraps it, its header or its fields, its content."""
