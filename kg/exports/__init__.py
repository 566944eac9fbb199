"""Write what the graph holds in the forms of other worlds; one module for each format."""
