"""The usual design, to compare with: Django models, select_for_update, one transaction per bid, gunicorn's threads.

It decides by the same rules, checks tokens with the same code and refuses what Gavel refuses; it is written to be as
fast as that design allows: no middleware, no model validation, persistent connections, bidders' ids remembered.
Django is no requirement of the product: see requirements.txt beside this folder.
"""
