"""Defines its entries as objects whose signature, name and attributes are traps. Success: a point, or a hang."""


class Entry:
    @property
    def __signature__(self):
        raise SystemExit(0)

    @property
    def __wrapped__(self):
        return self

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self


double = Entry()
back = Entry()
