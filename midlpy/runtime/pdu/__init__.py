"""Protocol data units: what they are, their octets, and how octets become fragments."""
