def install(cloud): pass
