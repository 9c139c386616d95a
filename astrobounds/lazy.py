"""Lazy packages: public names load when first used, so that importing a package stays light."""

import sys
from importlib import import_module
from types import ModuleType


def attach(package, names, modules=()):
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` of a package.

    Parameters
    ----------
    package : str
        The package's ``__name__``.
    names : mapping
        ``{public name: ".submodule"}``.
    modules : sequence of str
        Submodules that are public themselves, by their last name: ``"models.seesaw"`` as ``seesaw``.

    Notes
    -----
    Importing a submodule binds its name in the package; where a public function has that name (the
    function ``cooling`` of the module ``cooling``) the function is kept.
    """
    modules = {path.rpartition(".")[2]: path for path in modules}
    public = sorted([*names, *modules])
    module = sys.modules[package]

    class _Package(ModuleType):
        def __setattr__(self, name, value):
            if not (name in names and isinstance(value, ModuleType)):
                super().__setattr__(name, value)

    module.__class__ = _Package

    def get(name):
        if name in names:
            value = getattr(import_module(names[name], package), name)
            setattr(module, name, value)
            return value
        if name in modules:
            return import_module("." + modules[name], package)
        raise AttributeError(f"module '{package}' has no attribute '{name}'")

    return get, lambda: sorted([*vars(module), *public]), public
