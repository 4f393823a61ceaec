print("north")
