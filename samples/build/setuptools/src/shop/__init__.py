"""A shop; shop.rpc is compiled from idl/ by every build."""
