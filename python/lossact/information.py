"""What is known about distributions: information content, entropy, cross entropy and divergence."""
