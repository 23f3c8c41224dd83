"""A stand-in of Cloud SQL on one machine, for the real Cloud SQL Python Connector.

`metadata` says who we are and issues access tokens, `admin` answers as the Admin API does and signs certificates with
the `authority` of the instance, `proxy` is the instance's endpoint on port 3307. Nothing of it is for data that matter.
"""
