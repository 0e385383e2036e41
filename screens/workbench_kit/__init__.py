"""What the panes share: views, commands, keys, theme. Textual lives here and in its neighbours only."""
