counter = 0


def step():
    counter += 1


step()
