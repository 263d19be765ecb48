"""Who signs in, and what is known of people: logins, sessions, access, correction, erasure, retention, pseudonyms."""
