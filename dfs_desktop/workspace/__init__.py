"""What the person is doing, without Qt: the one owner of state, and the services that change it."""
