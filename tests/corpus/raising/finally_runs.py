def work():
    try:
        return [][1]
    finally:
        print("cleaning")


work()
