class X:
    def forget_all(self): pass
def install(cloud): return X()
