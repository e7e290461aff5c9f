"""A synthetic Jiaozuo of 2022 whose filed claims give the published figures; see README.md."""
