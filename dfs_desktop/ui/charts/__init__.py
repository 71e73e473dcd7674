"""Charts painted by hand: lines, bars, scales and colours."""
