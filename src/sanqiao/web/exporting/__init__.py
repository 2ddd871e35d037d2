"""Files too long for a request: a job makes them, and who asked fetches them for a day.

The job opens the very address that was asked for, in the name of who asked: rights are looked up
anew, and the file is what the page would have given.
"""
