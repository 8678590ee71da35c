class Account:
    __rate = 0.5

    def __init__(self, balance):
        self.__balance = balance

    def __interest(self):
        return self.__balance * Account.__rate

    def grow(self):
        self.__balance += self.__interest()
        return self.__balance


class Savings(Account):
    def __init__(self, balance):
        super().__init__(balance)
        self.__balance = "my own"

    def mine(self):
        return self.__balance


account = Savings(10)
print(account.grow(), account.grow(), account.mine())
try:
    account.__balance
except AttributeError as error:
    print(error)
