"""What can be done with a star that the star itself does not know: verbs that its users add.

`astrobounds.supernova` registers them when it is imported, so that ``star.emission(model)`` works and a
profile imports nothing of production and transport.
"""

VERBS = {}  # name -> function(star, *arguments, **options)
