from django.urls import path

from files import views

urlpatterns = [path("files/<uuid:public_id>/", views.download, name="file")]
