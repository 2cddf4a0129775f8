"""Pure functions from small frames and `Text` to what a card says: findings, sentences, ready HTML tables."""
