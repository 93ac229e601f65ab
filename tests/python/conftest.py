import hypothesis

# What fails is found again, and no test asserts a time.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True, max_examples=60)
hypothesis.settings.load_profile("house")
