"""The value of WWW-Authenticate; REST framework imports its user before access/http/errors.py."""

BASIC = 'Basic realm="Greenroom", charset="UTF-8"'
