"""Knowledge: articles and scripts as data, and the search that finds them while somebody types."""
