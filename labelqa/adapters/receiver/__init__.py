"""The webhook receiver: it believes who brings the secret, keeps what came, answers at once, and leaves the work to others."""
