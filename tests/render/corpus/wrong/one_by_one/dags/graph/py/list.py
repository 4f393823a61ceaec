def statements():
    return ["delete from flights"]
