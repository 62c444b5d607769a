"""How understanding holds up when sentences arrive damaged: written damage, and real sound through the real recogniser."""
