"""Colours, type and style: `tokens.toml` holds them, `tokens.py` hands them out, `style.css` uses them."""
