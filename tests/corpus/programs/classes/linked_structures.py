class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next


class Stack:
    def __init__(self):
        self.top = None
        self.size = 0

    def push(self, value):
        self.top = Node(value, self.top)
        self.size += 1
        return self

    def pop(self):
        if self.top is None:
            raise IndexError("pop from empty stack")
        value, self.top = self.top.value, self.top.next
        self.size -= 1
        return value

    def __iter__(self):
        node = self.top
        while node:
            yield node.value
            node = node.next


stack = Stack().push(1).push(2).push(3)
print(list(stack), stack.pop(), stack.size)
stack.top.value += 10
print([*stack])
try:
    Stack().pop()
except IndexError as e:
    print(e)
