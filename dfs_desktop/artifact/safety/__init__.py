"""What running an artifact would do; foreign HTML, SVG, Markdown and cells made harmless."""
