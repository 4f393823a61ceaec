def pages():
    return [{"page": "/"}]
