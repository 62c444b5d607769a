"""The proof that a bundle keeps its word: nobody is stranded, nobody unqualified reaches a person. Pure."""
