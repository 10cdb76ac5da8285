def handle(data, context):
    return None if data is None else ["OK" for _ in data]
